/** A value of an event that patterns are compared with: what JSON has besides objects and arrays. */
export type Scalar = string | number | boolean | null

/** Whether one value matches. Pure, and linear in the length of the value. */
export type ScalarTest = (value: Scalar) => boolean
