import { findOnPath } from './program.ts'
import type { Launch } from './recipe.ts'
import { ServiceError } from './service-error.ts'

const nobody = '65534'

/**
 * The same program, as another user where this one is root: some refuse to run as root. It keeps the right to read and write every
 * file and no other, so that folders need not be handed over to that user, nor be where that user may enter.
 * @throws ServiceError where that cannot be done.
 */
export function unprivileged(launch: Launch): Launch {
  if (process.getuid?.() !== 0) return launch
  const setpriv = findOnPath('setpriv')
  if (setpriv === undefined) {
    throw new ServiceError(
      'refuses to run as root, and there is no setpriv (of util-linux) to start it as another user. Install that, or be another user.',
    )
  }
  const identity = ['--reuid', nobody, '--regid', nobody, '--clear-groups']
  // Without the bit, asking whether a file may be read goes by the user alone.
  const rights = ['--securebits', '+no_setuid_fixup', '--inh-caps', '+dac_override', '--ambient-caps', '+dac_override']
  return {
    ...launch,
    command: setpriv,
    args: [...identity, ...rights, '--bounding-set', '-all,+dac_override', launch.command, ...launch.args],
  }
}
