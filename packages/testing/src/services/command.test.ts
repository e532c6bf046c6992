import { expect, test } from 'vitest'
import { parseCommand } from './command.ts'

test.each([
  [
    'start: all but the older Elasticsearch',
    ['start'],
    {},
    { command: 'start', services: ['kafka', 'elasticsearch', 'redis'], json: false },
  ],
  ['stop: all of them', ['stop'], {}, { command: 'stop', services: ['kafka', 'elasticsearch', 'redis', 'elasticsearch8'], json: false }],
  ['some by name, each once', ['start', 'redis', 'kafka', 'redis'], {}, { command: 'start', services: ['kafka', 'redis'], json: false }],
  ['JSON', ['status', 'redis'], { json: true }, { command: 'status', services: ['redis'], json: true }],
  ['help without a command', [], {}, undefined],
  ['help', ['start'], { help: true }, undefined],
  ['an unknown command', ['begin'], {}, "There is no command 'begin'."],
  ['an unknown service', ['start', 'kafkaa'], {}, "There is no service 'kafkaa': they are kafka, elasticsearch, redis, elasticsearch8."],
  ['an unknown option', ['start'], { force: true }, 'There is no option --force.'],
])('%s', (_, positionals, values, expected) => {
  expect(parseCommand(positionals, values)).toEqual(expected)
})
