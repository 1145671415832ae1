// The text of a statement: the place of an error in it, and completion by keys.
import { complete, inserted, loadReserved } from './complete.js';

const LETTERS_MIN = 2;

/** Offset of a line and column, both from 1; columns count characters of Unicode. */
export function offsetOf(text, line, column) {
  const lines = text.split('\n');
  let offset = 0;
  for (let i = 0; i < line - 1 && i < lines.length; i++) {
    offset += lines[i].length + 1;
  }
  const characters = Array.from(lines[line - 1] ?? '');
  return Math.min(offset + characters.slice(0, column - 1).join('').length, text.length);
}

/** Writes a text where the cursor is, so that it can be undone. */
export function insert(area, text) {
  area.focus();
  area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
  area.dispatchEvent(new Event('input'));
}

/** A text area with a layer behind it, which has the same text and marks places in it. */
export class Editor {
  constructor(area, layer, list, names) {
    this.area = area;
    this.layer = layer;
    this.list = list;
    this.names = names;
    this.items = [];
    this.chosen = -1;
    this.asked = 0;
    loadReserved();
    area.addEventListener('input', () => {
      this.clearMark();
      this.suggest(LETTERS_MIN);
    });
    area.addEventListener('scroll', () => {
      this.layer.scrollTop = area.scrollTop;
      this.close();
    });
    area.addEventListener('blur', () => this.close());
    area.addEventListener('keydown', (event) => this.key(event));
    list.addEventListener('mousedown', (event) => {
      // before the area loses the focus
      event.preventDefault();
      const at = [...list.children].indexOf(event.target.closest('li'));
      if (at >= 0) {
        this.accept(at);
      }
    });
  }

  /** Marks and selects the word that an error is at. */
  mark(line, column) {
    const { area } = this;
    const from = offsetOf(area.value, line, column);
    const word = /^(?:[\p{L}\p{N}_]+|"[^"]*"?|'[^']*'?|\S)/u.exec(area.value.slice(from));
    const to = from + (word ? word[0].length : 0);
    const marked = document.createElement('mark');
    marked.textContent = area.value.slice(from, to) || ' ';
    this.layer.replaceChildren(area.value.slice(0, from), marked, area.value.slice(to));
    this.layer.scrollTop = area.scrollTop;
    area.focus();
    area.setSelectionRange(from, to);
  }

  clearMark() {
    this.layer.replaceChildren();
  }

  /** Opens the list for a word of some letters at least. */
  async suggest(lettersMin) {
    const asked = ++this.asked;
    const { area } = this;
    const cursor = area.selectionEnd;
    const { from, items } = await complete(area.value, cursor, this.names);
    if (asked !== this.asked || area.selectionEnd !== cursor || document.activeElement !== area) {
      return; // typed on since
    }
    if (items.length === 0 || cursor - from < lettersMin) {
      this.close();
      return;
    }
    this.from = from;
    this.items = items;
    this.list.replaceChildren(...items.map(entry));
    this.list.hidden = false;
    this.place(from);
    this.area.setAttribute('aria-expanded', 'true');
    this.choose(0);
  }

  /** Below the word, inside the window. */
  place(from) {
    const before = this.layer.cloneNode();
    const here = document.createElement('span');
    here.textContent = '\u200b';
    before.replaceChildren(this.area.value.slice(0, from), here);
    this.layer.after(before);
    const left = here.offsetLeft;
    const top = here.offsetTop + here.offsetHeight + 4 - this.area.scrollTop;
    before.remove();
    this.list.style.left = `${Math.max(0, Math.min(left, this.area.clientWidth - this.list.offsetWidth))}px`;
    this.list.style.top = `${Math.min(top, this.area.offsetHeight)}px`;
  }

  choose(at) {
    this.chosen = (at + this.items.length) % this.items.length;
    [...this.list.children].forEach((each, i) => each.setAttribute('aria-selected', String(i === this.chosen)));
    const chosen = this.list.children[this.chosen];
    chosen.scrollIntoView({ block: 'nearest' });
    this.area.setAttribute('aria-activedescendant', chosen.id);
  }

  accept(at) {
    const { area } = this;
    area.setRangeText(inserted(this.items[at]), this.from, area.selectionEnd, 'end');
    this.close();
    area.dispatchEvent(new Event('change'));
    this.clearMark();
  }

  isOpen() {
    return !this.list.hidden;
  }

  close() {
    this.asked++;
    this.list.hidden = true;
    this.list.replaceChildren();
    this.area.setAttribute('aria-expanded', 'false');
    this.area.removeAttribute('aria-activedescendant');
  }

  key(event) {
    if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault();
      this.suggest(0);
      return;
    }
    if (!this.isOpen() || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const act = {
      ArrowDown: () => this.choose(this.chosen + 1),
      ArrowUp: () => this.choose(this.chosen - 1),
      Enter: () => this.accept(this.chosen),
      Tab: () => this.accept(this.chosen),
      Escape: () => this.close(),
    }[event.key];
    if (act !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  }
}

function entry({ text, kind }, at) {
  const made = document.createElement('li');
  made.id = `completion-${at}`;
  made.setAttribute('role', 'option');
  const note = document.createElement('small');
  note.textContent = kind;
  made.append(text, ' ', note);
  return made;
}
