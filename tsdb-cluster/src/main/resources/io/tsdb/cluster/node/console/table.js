// A result as a table. Everything is put in as text.

const ROWS_SHOWN = 1000;
const NUMBERS = new Set(['int64', 'uint64', 'float64']);

export function drawTable(target, answer) {
  const table = document.createElement('table');
  const head = table.createTHead().insertRow();
  for (const { name, type } of answer.columns) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.textContent = name;
    cell.title = type;
    head.append(cell);
  }
  const body = table.createTBody();
  for (const row of answer.rows.slice(0, ROWS_SHOWN)) {
    const line = body.insertRow();
    row.forEach((value, i) => {
      const cell = line.insertCell();
      cell.textContent = value === null ? 'NULL' : String(value);
      cell.classList.toggle('null', value === null);
      cell.classList.toggle('number', NUMBERS.has(answer.columns[i].type));
    });
  }
  target.replaceChildren(table);
  if (answer.rows.length > ROWS_SHOWN) {
    const note = document.createElement('p');
    note.textContent = `The first ${ROWS_SHOWN} of ${answer.rows.length} rows.`;
    target.append(note);
  }
}
