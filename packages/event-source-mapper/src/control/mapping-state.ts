import type { EventSourceMappingState } from '@millrace/function'

/** Nothing is under way: the mapping may be updated and deleted. */
export function isSettled(state: EventSourceMappingState): boolean {
  return state === 'Enabled' || state === 'Disabled'
}

/** The state that an update of a settled mapping begins in. */
export function updatingState(wasEnabled: boolean, isEnabled: boolean): EventSourceMappingState {
  if (wasEnabled === isEnabled) return 'Updating'
  return isEnabled ? 'Enabling' : 'Disabling'
}

/** The next state, once a process has done what the present one asks for; the same where there is nothing to do. Deleting is followed by nothing. */
export function nextState(state: EventSourceMappingState, isEnabled: boolean): EventSourceMappingState {
  if (isSettled(state) || state === 'Deleting') return state
  if (!isEnabled) return 'Disabled'
  return state === 'Creating' ? 'Enabling' : 'Enabled'
}
