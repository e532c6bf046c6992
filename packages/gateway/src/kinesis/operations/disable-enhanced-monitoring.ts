import { enhancedMonitoring } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { changeMonitoring, type MonitoringInput } from '../streams/change-monitoring.ts'

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DisableEnhancedMonitoring.html */
export const disableEnhancedMonitoring: KinesisOperation = operation<MonitoringInput>({
  name: 'DisableEnhancedMonitoring',
  input: enhancedMonitoring,
  run: (input, context) => changeMonitoring(input, context, (metric, before, given) => before.has(metric) && !given.has(metric)),
})
