// Draws the county board's two plots with ECharts from data attributes; without script the tables beside them say it all.
const style = getComputedStyle(document.documentElement);
const token = (name, fallback) => style.getPropertyValue(name).trim() || fallback;
const ink = token("--n-800", "#33302c");
const grey = token("--n-500", "#807a72");
const line = token("--line", "#e6e2dc");
const late = token("--late", "#a3231c");
const font = token("--font", "sans-serif");
const text = { color: ink, fontFamily: font, fontSize: 12 };
const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const percent = (value) => (value === null ? "不到 10 件" : `${value}%`);

function stations(rows) {
  const most = Math.max(...rows.map((row) => row.received), 1);
  const low = (key) => Math.max(0, Math.floor((Math.min(...rows.map((row) => row[key])) - 3) / 10) * 10);
  const axis = (name, min) => ({
    name, min, max: 100, nameTextStyle: text,
    axisLabel: { ...text, formatter: (value) => `${value}%` },
    splitLine: { lineStyle: { color: line } },
  });
  return {
    grid: { left: 52, right: 24, top: 44, bottom: 46 },
    xAxis: { ...axis("按期答复", low("x")), nameLocation: "middle", nameGap: 28 },
    yAxis: { ...axis("满意率", low("y")), nameGap: 22 },
    tooltip: {
      renderMode: "richText",
      formatter: ({ data }) => `${data.row.name}\n收到 ${data.row.received} 件\n按期 ${percent(data.row.x)}\n满意 ${percent(data.row.y)}\n参与 ${percent(data.row.took_part)}\n重办 ${percent(data.row.again)}`,
    },
    series: [{
      type: "scatter",
      data: rows.map((row) => {
        const off = row.again !== null && row.again > 8;
        return {
          value: [row.x, row.y], row,
          symbol: off ? "triangle" : "circle",
          symbolSize: 10 + 22 * Math.sqrt(row.received / most),
          itemStyle: { color: off ? late : ink, opacity: 0.8, borderColor: "#fff", borderWidth: 1 },
        };
      }),
      label: { ...text, show: true, formatter: ({ data }) => data.row.name, position: "bottom" },
      labelLayout: { hideOverlap: true },
    }],
  };
}

function months(rows) {
  return {
    grid: { left: 44, right: 48, top: 40, bottom: 30 },
    legend: { top: 0, textStyle: text, itemWidth: 14, itemHeight: 10 },
    xAxis: { type: "category", data: rows.map((row) => row.name), axisLabel: text, axisTick: { show: false } },
    yAxis: [
      { name: "件", nameTextStyle: text, axisLabel: text, splitLine: { lineStyle: { color: line } }, minInterval: 1 },
      { min: 0, max: 100, axisLabel: { ...text, formatter: (value) => `${value}%` }, splitLine: { show: false } },
    ],
    tooltip: {
      trigger: "axis", renderMode: "richText",
      formatter: (points) => `${points[0].name}\n收到 ${rows[points[0].dataIndex].received} 件\n按期 ${percent(rows[points[0].dataIndex].timely)}`,
    },
    series: [
      { name: "收到", type: "bar", data: rows.map((row) => row.received), itemStyle: { color: grey }, barMaxWidth: 26 },
      { name: "按期答复", type: "line", yAxisIndex: 1, data: rows.map((row) => row.timely), connectNulls: true,
        symbol: "circle", symbolSize: 7, lineStyle: { color: ink, width: 2 }, itemStyle: { color: ink } },
    ],
  };
}

const makers = { stations, months };
for (const place of document.querySelectorAll("[data-plot]")) {
  const rows = JSON.parse(place.dataset.values);
  if (!window.echarts || !rows.length) continue;
  const chart = window.echarts.init(place, null, { renderer: "svg" });
  chart.setOption({ animation: !calm, textStyle: { fontFamily: font }, ...makers[place.dataset.plot](rows) });
  chart.on("click", ({ data }) => { if (data?.row?.url) window.location.assign(data.row.url); });
  new ResizeObserver(() => chart.resize()).observe(place);
}
