import { CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { init, use, type ComposeOption, type EChartsType } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { CustomSeriesOption, LineSeriesOption } from 'echarts/charts';
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components';

use([CustomChart, LineChart, GridComponent, TooltipComponent, SVGRenderer]);

/** Only the parts that Mauzo draws with are in the bundle; a new chart type is added here. */
export type ChartOption = ComposeOption<
  CustomSeriesOption | LineSeriesOption | GridComponentOption | TooltipComponentOption
>;
export type { EChartsType };

export function startChart(container: HTMLElement): EChartsType {
  return init(container, null, { renderer: 'svg' });
}
