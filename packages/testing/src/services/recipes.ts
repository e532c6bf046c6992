import { elasticsearchRecipe } from './elasticsearch.ts'
import { elasticsearch8Recipe } from './elasticsearch8.ts'
import { kafkaRecipe } from './kafka.ts'
import type { Recipe } from './recipe.ts'
import { redisRecipe } from './redis.ts'

/** Every service. */
export const recipes: readonly Recipe<object>[] = [
  erased(kafkaRecipe),
  erased(elasticsearchRecipe),
  erased(redisRecipe),
  erased(elasticsearch8Recipe),
]

/** The recipe without the type of its address: whoever holds it gives it back its own addresses only. */
function erased<Address extends object>(recipe: Recipe<Address>): Recipe<object> {
  return recipe
}
