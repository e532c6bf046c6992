import { seededRandom } from '@millrace/testing'

/** Decisions that follow from a seed. */
export class Dice {
  readonly random: () => number
  /** Whether `fault` may say yes. */
  faults = true

  constructor(seed: number) {
    this.random = seededRandom(seed)
  }

  /** 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor(this.random() * limit)
  }

  chance(probability: number): boolean {
    return this.random() < probability
  }

  /** A chance that something goes wrong; never while faults are off. */
  fault(probability: number): boolean {
    return this.faults && this.chance(probability)
  }

  of<T>(...choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }
}
