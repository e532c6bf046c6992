#!/usr/bin/env node
// Plain JavaScript that any Node can read: it has to say so when Node is too old for the rest.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`millrace needs Node 22.18 or newer; this is ${process.version}. In a clone, "npx millrace" brings its own.`)
  process.exit(1)
}
await import('../src/main.ts')
