import { listFunctionsShape } from '../model/function-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'
import { pageOf, type PageRequest } from '../page.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html */
export const listFunctions: LambdaOperation = operation<PageRequest>({
  name: 'ListFunctions',
  method: 'GET',
  path: '/2015-03-31/functions',
  status: 200,
  input: listFunctionsShape,
  run: async ({ Marker, MaxItems }, { functionAdministration }) => {
    const all = await functionAdministration.list()
    // As Lambda has it: a page holds no more, whatever is asked for.
    const { items, ...next } = pageOf(all, (fn) => fn.FunctionName, Marker, Math.min(MaxItems ?? 50, 50))
    return { Functions: items, ...next }
  },
})
