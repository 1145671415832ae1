// A result as a chart: the first timestamp is the time, texts tell series apart, numbers are drawn. By uPlot.

/* global uPlot */

const SERIES_MAX = 50;
const HEIGHT = 320;
const HUES = [210, 25, 130, 350, 275, 55, 180, 310];

let drawn;

/** Why a result cannot be drawn, or undefined. */
export function whyNoChart(answer) {
  if (!answer.columns.some(({ type }) => type === 'timestamp')) {
    return 'No chart: the result has no column of times.';
  }
  if (!answer.columns.some(({ type }) => isNumber(type))) {
    return 'No chart: the result has no column of numbers.';
  }
  return answer.rows.length === 0 ? 'No chart: the result has no row.' : undefined;
}

export function drawChart(target, answer) {
  clearChart();
  const why = whyNoChart(answer);
  target.replaceChildren();
  if (why !== undefined) {
    target.textContent = why;
    return;
  }
  const { times, series } = seriesOf(answer);
  const shown = [...series].slice(0, SERIES_MAX);
  const style = getComputedStyle(document.documentElement);
  const line = { stroke: style.getPropertyValue('--line'), width: 1 };
  const axis = { stroke: style.getPropertyValue('--text'), grid: line, ticks: line };
  const options = {
    width: target.clientWidth,
    height: HEIGHT,
    scales: { x: { time: true } },
    axes: [axis, axis],
    series: [{ label: 'time' }, ...shown.map(([label], i) => ({ label, stroke: `hsl(${HUES[i % HUES.length]} 75% 50%)`, width: 1.5, spanGaps: false }))],
  };
  drawn = { target, chart: new uPlot(options, [times, ...shown.map(([, values]) => values)], target) };
  if (series.size > SERIES_MAX) {
    const note = document.createElement('p');
    note.textContent = `${SERIES_MAX} of ${series.size} series are drawn.`;
    target.append(note);
  }
}

export function clearChart() {
  drawn?.chart.destroy();
  drawn = undefined;
}

addEventListener('resize', () => drawn?.chart.setSize({ width: drawn.target.clientWidth, height: HEIGHT }));

function isNumber(type) {
  return type === 'int64' || type === 'uint64' || type === 'float64';
}

/** Seconds, ascending, each once; for each series a value or null for each of them. */
function seriesOf(answer) {
  const timeAt = answer.columns.findIndex(({ type }) => type === 'timestamp');
  const labelsAt = indexes(answer, (type) => type === 'string' || type === 'bool');
  const valuesAt = indexes(answer, isNumber);
  const rows = answer.rows.filter((row) => row[timeAt] !== null).map((row) => ({ row, second: Date.parse(row[timeAt]) / 1000 }));
  const times = [...new Set(rows.map(({ second }) => second))].sort((a, b) => a - b);
  const placeOf = new Map(times.map((second, i) => [second, i]));
  const series = new Map();
  for (const { row, second } of rows) {
    const labels = labelsAt.map((i) => row[i] ?? 'NULL').join(' ');
    for (const i of valuesAt) {
      const label = [labels, answer.columns[i].name].filter((part) => part !== '').join(' ');
      let values = series.get(label);
      if (values === undefined) {
        values = new Array(times.length).fill(null);
        series.set(label, values);
      }
      const value = row[i] === null ? null : Number(row[i]);
      values[placeOf.get(second)] = Number.isFinite(value) ? value : null;
    }
  }
  return { times, series };
}

function indexes(answer, takes) {
  return answer.columns.flatMap(({ type }, i) => (takes(type) ? [i] : []));
}
