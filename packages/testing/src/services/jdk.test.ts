import { expect, test } from 'vitest'
import { chooseJdk, parseRelease } from './jdk.ts'

test.each([
  ['JAVA_VERSION="17.0.15"', 17],
  ['IMPLEMENTOR="Eclipse Adoptium"\nJAVA_VERSION="25"\nOS_ARCH="x86_64"', 25],
  ['JAVA_VERSION="26-ea"', 26],
  ['JAVA_VERSION="1.8.0_402"', 8],
  ['OS_NAME="Linux"', undefined],
])('reads the feature release of %j', (text, release) => {
  expect(parseRelease(text)).toBe(release)
})

const jdk = (release: number, compiles = true) => ({ home: `/jvm/${release}`, release, compiles })

test.each([
  ['the oldest that is new enough', [jdk(25), jdk(21), jdk(17)], { atLeast: 21 }, '/jvm/21'],
  ['one that compiles, where it must', [jdk(21, false), jdk(25)], { atLeast: 21, compiles: true }, '/jvm/25'],
  ['none that is too old', [jdk(17)], { atLeast: 21 }, undefined],
])('takes %s', (_, jdks, need, home) => {
  expect(chooseJdk(jdks, need)?.home).toBe(home)
})
