import { writeSync } from 'node:fs'
import { claimDataDirectory } from '../../src/index.ts'

// Claims the directory, tells its URL when it is given one, says so, and ends only when it is killed.
const [directory = '', url] = process.argv.slice(2)
const claim = await claimDataDirectory(directory)
if (url !== undefined) await claim.publish(url)
writeSync(1, 'claimed\n')
setInterval(() => {}, 60_000)
