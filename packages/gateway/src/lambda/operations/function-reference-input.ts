/** What names a function in a request: checked text, to be read with `functionNameOf`. */
export interface FunctionReference {
  readonly FunctionName: string
  readonly Qualifier?: string
}
