import { eachValue, words } from '@millrace/log-index'
import type { WordSet } from '@millrace/log-index'

/*
 * A Bloom filter over the words of a block of documents: it tells which blocks can be left out of a search, at 1 to 2 us a document, where a full
 * inverted index takes 5 to 6. It is built over the bytes of the JSON text, keys included: that is cheaper than telling them apart, and they are
 * the same few words in every document. Numbers side by side also count as pairs: the four numbers of an address are everywhere, but not together.
 */

const probes = 3
/** Bits of the largest filter; smaller ones are folded from it. */
const bitsMax = 1 << 18
const bitsMin = 1 << 8
/** Share of bits set up to which a filter is folded: 0.37 to the power of 3 probes = 5 % false candidates at most. */
const fillMax = 0.37

/** For each byte its lower-case form if it belongs to a word, else 0. */
const wordBytes = new Uint8Array(256)
for (const char of '0123456789abcdefghijklmnopqrstuvwxyz_') {
  wordBytes[char.charCodeAt(0)] = char.charCodeAt(0)
  wordBytes[char.toUpperCase().charCodeAt(0)] = char.charCodeAt(0)
}

const seed = 0x811c9dc5
const prime = 0x01000193

/** The end of MurmurHash3: spreads what the words' last characters tell over all bits. */
function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

/** The distance between probes: of the upper bits, since the lower ones say where the first probe is. */
function step(mixed: number): number {
  return (mixed >>> 14) | 1
}

function hashWord(word: string): number {
  let hash = seed
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), prime)
  return mix(hash)
}

function hashPair(first: number, second: number): number {
  return mix(Math.imul(first, 31) ^ second)
}

function startsWithDigit(word: string): boolean {
  const code = word.charCodeAt(0)
  return code >= 0x30 && code <= 0x39
}

/** The words of a block, as its filter has them: each answer may err on the side of yes. */
export class WordFilter implements WordSet {
  readonly #bits: Uint8Array

  constructor(bits: Uint8Array) {
    this.#bits = bits
  }

  hasWord(word: string): boolean {
    return this.#has(hashWord(word))
  }

  hasPair(first: string, second: string): boolean {
    return !(startsWithDigit(first) && startsWithDigit(second)) || this.#has(hashPair(hashWord(first), hashWord(second)))
  }

  #has(hash: number): boolean {
    const mask = this.#bits.byteLength * 8 - 1
    const distance = step(hash)
    let position = hash
    for (let probe = 0; probe < probes; probe++) {
      const bit = position & mask
      if (((this.#bits[bit >>> 3] as number) & (1 << (bit & 7))) === 0) return false
      position = (position + distance) | 0
    }
    return true
  }
}

/** Hashes that were added lately: most words of a log come again and again. */
const recentMax = 1 << 12

/** Collects the words of one block after the other. */
export class WordFilterBuilder {
  readonly #bits = new Uint8Array(bitsMax >>> 3)
  readonly #recent = new Int32Array(recentMax)
  #set = 0
  #oddNumbers = false

  constructor() {
    this.#forgetRecent()
  }

  /** Whether there was a number, since the last filter was built, that is written otherwise than JavaScript writes it. */
  get hasOddNumbers(): boolean {
    return this.#oddNumbers
  }

  /** Adds a document whose JSON text is `source` and stands in `bytes` from `start` to `end`. */
  addDocument(source: string, bytes: Uint8Array, start: number, end: number): void {
    const ascii = end - start === source.length
    if (!ascii || !this.#addAscii(bytes, start, end)) this.#addParsed(source)
  }

  /** The filter of what was added since the last call, as small as it may be. */
  build(): Uint8Array<ArrayBuffer> {
    let size = bitsMax
    let fill = this.#set / size
    while (size > bitsMin && 1 - (1 - fill) ** 2 <= fillMax) {
      size >>>= 1
      fill = 1 - (1 - fill) ** 2
    }
    const filter = new Uint8Array(size >>> 3)
    const folded = new Uint32Array(filter.buffer)
    const bits = new Uint32Array(this.#bits.buffer)
    const mask = folded.length - 1
    for (let at = 0; at < bits.length; at++) folded[at & mask] = (folded[at & mask] as number) | (bits[at] as number)
    this.#bits.fill(0)
    this.#forgetRecent()
    this.#oddNumbers = false
    this.#set = 0
    return filter
  }

  #forgetRecent(): void {
    // An empty place must not look like any hash that belongs there: 1 belongs to another place, except in the second one.
    this.#recent.fill(1)
    this.#recent[1] = 0
  }

  /** False if the text has escapes that have to be resolved first. */
  #addAscii(bytes: Uint8Array, start: number, end: number): boolean {
    const recent = this.#recent
    let inString = false
    // Hash of the word before, if that was a number of the same value.
    let number = 0
    let at = start
    while (at < end) {
      const byte = bytes[at] as number
      let char = wordBytes[byte] as number
      if (char === 0) {
        at++
        if (byte === 0x22) {
          inString = !inString
          number = 0
        } else if (byte === 0x5c) {
          if (bytes[at] === 0x75) return false
          at++
        }
        continue
      }
      const wordStart = at
      let hash = seed
      do {
        hash = Math.imul(hash ^ char, prime)
        at++
        char = at < end ? (wordBytes[bytes[at] as number] as number) : 0
      } while (char !== 0)
      const word = mix(hash)
      if (recent[word & (recentMax - 1)] !== word) this.#add(word)
      if (byte > 0x39) {
        number = 0
        continue
      }
      if (number !== 0) this.#add(hashPair(number, word))
      number = word
      if (!inString && isOddNumber(bytes, wordStart, at)) at = this.#addNumber(bytes, wordStart, at)
    }
    return true
  }

  /** Adds a number as JavaScript writes it, which is how a search looks for it. Answers where it ends. */
  #addNumber(bytes: Uint8Array, start: number, from: number): number {
    let end = from
    while (end < bytes.length && isNumberByte(bytes[end] as number)) end++
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
    const plain = String(Number(text))
    if (plain !== text) this.#oddNumbers = true
    this.#addText(text)
    this.#addText(plain)
    return end
  }

  #addParsed(source: string): void {
    this.#oddNumbers = true
    try {
      eachValue(JSON.parse(source), '', (value) => this.#addText(String(value)))
    } catch {
      // Not JSON: no query matches it either.
    }
  }

  #addText(text: string): void {
    let number = 0
    for (const word of words(text)) {
      const hash = hashWord(word)
      this.#add(hash)
      const isNumber = startsWithDigit(word)
      if (isNumber && number !== 0) this.#add(hashPair(number, hash))
      number = isNumber ? hash : 0
    }
  }

  #add(first: number): void {
    const bits = this.#bits
    this.#recent[first & (recentMax - 1)] = first
    const distance = step(first)
    let position = first
    for (let probe = 0; probe < probes; probe++) {
      const bit = position & (bitsMax - 1)
      const byte = bits[bit >>> 3] as number
      const flag = 1 << (bit & 7)
      if ((byte & flag) === 0) {
        bits[bit >>> 3] = byte | flag
        this.#set++
      }
      position = (position + distance) | 0
    }
  }
}

/** A number outside strings that JavaScript may write otherwise than it stands there: with a fraction or an exponent, or a long one. */
function isOddNumber(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start] as number
  if (first < 0x30 || first > 0x39) return false
  if (bytes[end] === 0x2e || end - start > 15) return true
  for (let at = start; at < end; at++) if ((bytes[at] as number) > 0x39) return true
  return false
}

function isNumberByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === 0x2b || byte === 0x2d || byte === 0x65 || byte === 0x45
}
