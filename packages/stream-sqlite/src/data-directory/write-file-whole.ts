import { open, rename, rm } from 'node:fs/promises'

/** Writes a file so that whoever reads it finds the old content or the new, also after a crash. */
export async function writeFileWhole(path: string, content: string): Promise<void> {
  const temporary = `${path}.${process.pid}.new`
  try {
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
