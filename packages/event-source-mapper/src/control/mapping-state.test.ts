import type { EventSourceMappingState } from '@millrace/function'
import { expect, it } from 'vitest'
import { isSettled, nextState, updatingState } from './mapping-state.ts'

it.each<[EventSourceMappingState, boolean, EventSourceMappingState]>([
  ['Creating', true, 'Enabling'],
  ['Creating', false, 'Disabled'],
  ['Enabling', true, 'Enabled'],
  ['Enabled', true, 'Enabled'],
  ['Updating', true, 'Enabled'],
  ['Updating', false, 'Disabled'],
  ['Disabling', false, 'Disabled'],
  ['Disabled', false, 'Disabled'],
  ['Deleting', true, 'Deleting'],
  ['Deleting', false, 'Deleting'],
])('%s with Enabled %s becomes %s', (state, enabled, next) => {
  expect(nextState(state, enabled)).toBe(next)
})

it.each<[boolean, boolean, EventSourceMappingState]>([
  [true, true, 'Updating'],
  [false, false, 'Updating'],
  [true, false, 'Disabling'],
  [false, true, 'Enabling'],
])('an update of Enabled %s to %s begins in %s', (was, is, state) => {
  expect(updatingState(was, is)).toBe(state)
})

it('takes changes in Enabled and Disabled alone', () => {
  const states: EventSourceMappingState[] = ['Creating', 'Enabling', 'Enabled', 'Disabling', 'Disabled', 'Updating', 'Deleting']
  expect(states.filter(isSettled)).toEqual(['Enabled', 'Disabled'])
})
