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

export function button(text, label, act) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.setAttribute('aria-label', label);
  made.addEventListener('click', act);
  return made;
}

/** A small table of texts and buttons, or a word when there is no row. The focus stays on a button that is drawn anew. */
export function drawRows(target, columns, rows, none) {
  const focused = target.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : null;
  if (rows.length === 0) {
    target.textContent = none;
    return;
  }
  const table = document.createElement('table');
  const head = table.createTHead().insertRow();
  for (const name of columns) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.textContent = name;
    head.append(cell);
  }
  const body = table.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const value of row) {
      line.insertCell().append(value instanceof Node ? value : String(value ?? ''));
    }
  }
  target.replaceChildren(table);
  if (focused !== null) {
    [...target.querySelectorAll('button')].find((each) => each.getAttribute('aria-label') === focused)?.focus();
  }
}
