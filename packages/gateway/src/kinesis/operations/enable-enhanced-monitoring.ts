import { enhancedMonitoring } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { changeMonitoring, type MonitoringInput } from '../streams/change-monitoring.ts'

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_EnableEnhancedMonitoring.html */
export const enableEnhancedMonitoring: KinesisOperation = operation<MonitoringInput>({
  name: 'EnableEnhancedMonitoring',
  input: enhancedMonitoring,
  run: (input, context) => changeMonitoring(input, context, (metric, before, given) => before.has(metric) || given.has(metric)),
})
