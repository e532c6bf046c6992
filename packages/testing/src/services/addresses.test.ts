import { expect, test } from 'vitest'
import { elasticsearchRecipe } from './elasticsearch.ts'
import { kafkaRecipe } from './kafka.ts'
import type { Recipe } from './recipe.ts'
import { redisRecipe } from './redis.ts'

test.each<[Recipe<object>, string, object]>([
  [kafkaRecipe, 'one:9092, two:9092,', { brokers: ['one:9092', 'two:9092'] }],
  [elasticsearchRecipe, 'https://elastic:secret@search:9200', { url: 'https://elastic:secret@search:9200' }],
  [elasticsearchRecipe, 'search:9200', { url: 'http://search:9200' }],
  [redisRecipe, '127.0.0.1:6379', { url: 'redis://127.0.0.1:6379' }],
  [redisRecipe, 'rediss://cache:6380', { url: 'rediss://cache:6380' }],
])('what a variable of a test says of $name: %s', (recipe, text, address) => {
  expect(recipe.parseAddress(text)).toEqual(address)
})
