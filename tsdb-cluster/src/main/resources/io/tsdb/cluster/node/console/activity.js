// Statements that run, each with a way to stop it, and those that took long.
import { answerOf, sql } from './api.js';
import { button, drawRows } from './table.js';

const LOOK_MILLIS = 2000;

export class Activity {
  constructor(running, slow, note, database) {
    this.running = running;
    this.slow = slow;
    this.note = note;
    this.database = database;
    this.begun = 0;
  }

  start() {
    const begun = ++this.begun;
    this.look(begun);
  }

  stop() {
    this.begun++;
  }

  async look(begun) {
    if (begun !== this.begun) {
      return;
    }
    this.note.textContent = '';
    await Promise.all([this.lookAtRunning(), this.lookAtSlow()]);
    setTimeout(() => this.look(begun), LOOK_MILLIS);
  }

  async lookAtRunning() {
    try {
      const { columns, rows } = await sql('SHOW QUERIES', this.database());
      const idAt = columns.findIndex(({ name }) => name === 'id');
      drawRows(
        this.running,
        [...columns.map(({ name }) => name), ''],
        rows.map((row) => [...row, button('Cancel', `Cancel statement ${row[idAt]}`, () => this.cancel(row[idAt]))]),
        'No statement runs.',
      );
    } catch (failure) {
      this.note.textContent = failure.message;
    }
  }

  async lookAtSlow() {
    try {
      const { statements } = await answerOf('/api/v1/statements/slow');
      drawRows(
        this.slow,
        ['ended', 'ms', 'rows', 'database', 'who', 'outcome', 'statement'],
        statements.map((each) => [each.ended, each.ms, each.rows, each.database, each.who, each.outcome, each.statement]),
        'None so far.',
      );
    } catch (failure) {
      this.slow.textContent = failure.message;
    }
  }

  async cancel(id) {
    try {
      await sql(`CANCEL QUERY ${Number(id)}`, this.database());
    } catch (failure) {
      this.note.textContent = failure.message;
    }
    await this.lookAtRunning();
  }
}
