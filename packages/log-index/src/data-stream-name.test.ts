import { describe, expect, it } from 'vitest'
import { dataStreamName } from './data-stream-name.ts'

describe('dataStreamName', () => {
  it.each([
    ['nginx.access', 'default', 'logs-nginx.access-default'],
    ['My-App', 'Prod', 'logs-my_app-prod'],
    ['', '', 'logs-generic-default'],
    ['a/b*c?"<>|,#: d', 'x', 'logs-a_b_c_________d-x'],
    ['..', '_', 'logs-generic-default'],
    ['_hidden', '+1', 'logs-hidden-1'],
    ['x'.repeat(200), 'n', `logs-${'x'.repeat(100)}-n`],
    ['é'.repeat(80), 'n', `logs-${'é'.repeat(50)}-n`],
    ['日本', 'n', 'logs-日本-n'],
  ])('makes of %s and %s a name that Elasticsearch takes', (dataset, namespace, expected) => {
    expect(dataStreamName('logs', dataset, namespace)).toBe(expected)
  })
})
