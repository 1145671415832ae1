// Tokens: who may do what. A new one is shown once.
import { answerOf } from './api.js';
import { button, drawRows } from './table.js';

const PATH = '/api/v1/tokens';

export class Tokens {
  constructor({ list, form, made, note }) {
    this.list = list;
    this.form = form;
    this.made = made;
    this.note = note;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.create();
    });
  }

  async draw() {
    this.note.textContent = '';
    this.list.replaceChildren();
    try {
      const { tokens } = await answerOf(PATH);
      drawRows(
        this.list,
        ['id', 'name', 'scopes', 'created', 'expires', ''],
        tokens.map((each) => [each.id, each.name, each.scopes.join(', '), each.created, each.expires ?? 'never', button('Revoke', `Revoke token ${each.id}`, () => this.revoke(each.id))]),
        'No token yet: everybody may do everything. The first one that is made ends that.',
      );
    } catch (failure) {
      this.note.textContent = failure.message;
    }
  }

  async create() {
    const field = (name) => this.form.elements.namedItem(name).value.trim();
    const database = field('scope-database');
    this.made.hidden = true;
    try {
      const { token } = await answerOf(PATH, {
        method: 'POST',
        json: { name: field('name'), scopes: [field('permission') + (database === '' ? '' : `:${database}`)], expires: field('expires') },
      });
      await this.draw();
      const code = document.createElement('code');
      code.textContent = token;
      this.made.replaceChildren('Keep it, it is not stored: ', code);
      this.made.hidden = false;
      this.form.reset();
    } catch (failure) {
      this.note.textContent = failure.message;
    }
  }

  async revoke(id) {
    try {
      await answerOf(`${PATH}?id=${encodeURIComponent(id)}`, { method: 'DELETE' });
      await this.draw();
    } catch (failure) {
      this.note.textContent = failure.message;
    }
  }

  /** Secrets do not stay on the page. */
  leave() {
    this.made.hidden = true;
    this.made.replaceChildren();
  }
}
