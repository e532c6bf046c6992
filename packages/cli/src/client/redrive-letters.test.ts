import { ManualClock } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { type RedriveChoice, redriveLetters, type RedriveSummary } from './redrive-letters.ts'

/** A server that gives the answers in turn, the last one for ever. */
class FakeServer {
  readonly clock = new ManualClock()
  readonly bodies: object[] = []
  readonly #answers: (readonly [status: number, body: object])[]

  constructor(...answers: (readonly [status: number, body: object])[]) {
    this.#answers = answers
  }

  async redrive(choice: RedriveChoice): Promise<RedriveSummary> {
    const options = { clock: this.clock, random: () => 0.5, waitMs: 30_000, signal: new AbortController().signal }
    const post = async (body: object): Promise<Response> => {
      this.bodies.push(body)
      const [status, answer] = (this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0]) ?? [500, {}]
      return Response.json(answer, { status, headers: { 'retry-after': '1' } })
    }
    const state = { isOver: false }
    const redriving = redriveLetters(choice, { ...options, post }).finally(() => (state.isOver = true))
    redriving.catch(() => {})
    for (let turn = 0; !state.isOver && turn < 200; turn++) await this.clock.advance(1_000)
    return redriving
  }
}

const full = { error: { message: '5 redriven, then: The stream is full.', retryable: true } }

describe('redriving dead letters', () => {
  it('waits while a stream pushes back, and goes on with what there was at first', async () => {
    const server = new FakeServer([429, { ...full, redriven: 5, before: 77 }], [503, {}], [200, { redriven: 2, failed: [] }])
    expect(await server.redrive({ all: true, stream: 'logs' })).toEqual({ redriven: 7, failed: [] })
    expect(server.bodies).toEqual([
      { all: true, stream: 'logs' },
      { all: true, stream: 'logs', before: 77 },
      { all: true, stream: 'logs', before: 77 },
    ])
  })

  it('asks again for the letters alone that may still go', async () => {
    const failed = [
      { id: 'a', message: 'full', retryable: true },
      { id: 'b', message: 'unknown', retryable: false },
    ]
    const server = new FakeServer([429, { ...full, redriven: 1, failed }], [200, { redriven: 1, failed: [] }])
    expect(await server.redrive({ ids: ['a', 'b', 'c', 'a'] })).toMatchObject({ redriven: 2, failed: [{ id: 'b' }] })
    expect(server.bodies).toEqual([{ ids: ['a', 'b', 'c'] }, { ids: ['a'] }])
  })

  it('gives up when nothing moves any more, and says what was done', async () => {
    const server = new FakeServer([429, { ...full, redriven: 5 }], [429, { ...full, redriven: 0 }])
    await expect(server.redrive({ all: true })).rejects.toThrow(/^5 redriven, then: The stream is full\.$/)
    expect(server.bodies.length).toBeLessThan(12)
  })

  it('does not repeat what cannot succeed', async () => {
    const server = new FakeServer([400, { error: { message: 'The redrive is not valid.' } }])
    await expect(server.redrive({ all: true })).rejects.toThrow('The redrive is not valid.')
    expect(server.bodies).toHaveLength(1)
  })
})
