import { seededRandom } from '@millrace/testing'
import { expect, it } from 'vitest'
import { KinesisCaller } from '../../test/support/kinesis-caller.ts'
import { kinesisOperations } from './operations/index.ts'

const requests = 3000
const arn = 'arn:aws:kinesis:us-east-1:000000000000:stream/s'

it("whatever is asked for, the answer is of AWS's shape, and never a fault", async () => {
  const random = seededRandom(20_261_121)
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  const caller = new KinesisCaller()
  await caller.ok('CreateStream', { StreamName: 's', ShardCount: 2 })
  const { ShardIterator } = await caller.ok('GetShardIterator', {
    StreamName: 's',
    ShardId: 'shardId-000000000000',
    ShardIteratorType: 'LATEST',
  })
  const names = [
    's',
    arn,
    `${arn}/consumer/c:1700000000`,
    'shardId-000000000000',
    'LATEST',
    'AT_TIMESTAMP',
    'KMS',
    'ALL',
    'c',
    String(ShardIterator),
  ]
  const value = (depth: number): unknown => {
    const scalar = pick<unknown>([
      ...names,
      '',
      'ä\u0000',
      '0',
      '9'.repeat(39),
      -1,
      0,
      1,
      1.5,
      1e300,
      24,
      1_700_000_000,
      true,
      null,
      'AAAA',
    ])
    if (depth > 2 || random() < 0.75) return scalar
    if (random() < 0.5) return Array.from({ length: Math.floor(random() * 3) }, () => value(depth + 1))
    return { Type: value(3), StreamMode: 'ON_DEMAND', Data: value(3), PartitionKey: value(3), k: value(depth + 1) }
  }
  for (let count = 0; count < requests; count++) {
    const { name, input } = pick(kinesisOperations)
    if (name === 'SubscribeToShard' || name === 'CreateStream') continue
    const members = Object.fromEntries(
      Object.keys(input.members)
        .filter(() => random() < 0.7)
        .map((member) => [member, /StreamName|ARN/.test(member) && random() < 0.6 ? (member === 'StreamName' ? 's' : arn) : value(0)]),
    )
    const text = JSON.stringify(members)
    const body = random() < 0.1 ? text.slice(0, Math.floor(random() * text.length)) : text
    const { status, body: answer } = await caller.call(name, body)
    if (status === 200 && name === 'DeleteStream') await caller.ok('CreateStream', { StreamName: 's', ShardCount: 2 })
    if (status === 200) continue
    expect([status, answer], `${name} ${body}`).toEqual([
      400,
      { __type: expect.stringMatching(/Exception$/) as string, message: expect.any(String) as string },
    ])
    expect(caller.services.errors, `${name} ${body}`).toEqual([])
  }
}, 60_000)
