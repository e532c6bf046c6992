import { expect, test } from 'vitest'
import { composeOverride } from './docker-compose.ts'
import { elasticsearchRecipe } from './elasticsearch.ts'
import { kafkaRecipe } from './kafka.ts'
import type { Recipe } from './recipe.ts'
import { redisRecipe } from './redis.ts'

test.each<[Recipe<object>, Record<string, string>, number | undefined, object]>([
  [
    kafkaRecipe,
    { 'message.max.bytes': '1000' },
    300,
    { environment: { KAFKA_MESSAGE_MAX_BYTES: '1000', KAFKA_HEAP_OPTS: '-Xms300m -Xmx300m' } },
  ],
  [elasticsearchRecipe, { 'thread_pool.write.queue_size': '1' }, undefined, { environment: { 'thread_pool.write.queue_size': '1' } }],
  [
    redisRecipe,
    { requirepass: 'pa$$' },
    undefined,
    { environment: {}, command: ['redis-server', '--save', '', '--appendonly', 'no', '--requirepass', 'pa$$$$'] },
  ],
])('settings of a container of $name', (recipe, settings, heapMb, service) => {
  const plan = { ports: [1, 2], directory: '/nowhere', settings, ...(heapMb === undefined ? {} : { heapMb }) }
  expect(composeOverride(recipe, plan)).toEqual({ services: { [recipe.name]: service } })
})
