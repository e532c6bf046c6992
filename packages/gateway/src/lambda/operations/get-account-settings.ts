import { accountSettingsShape } from '../model/function-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html */
export const getAccountSettings: LambdaOperation = operation<object>({
  name: 'GetAccountSettings',
  method: 'GET',
  path: '/2016-08-19/account-settings',
  status: 200,
  input: accountSettingsShape,
  run: async (_input, { functionAdministration }) => functionAdministration.accountSettings(),
})
