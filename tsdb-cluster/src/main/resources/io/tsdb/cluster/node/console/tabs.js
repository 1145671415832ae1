// Several statements, kept in this browser.

import { button } from './table.js';

const KEPT = 'tsdb.tabs';

export class Tabs {
  /** `changed` is called when another tab is chosen. */
  constructor(target, area, changed) {
    this.target = target;
    this.area = area;
    this.changed = changed;
    const kept = load();
    this.texts = kept.texts;
    this.chosen = kept.chosen;
    area.value = this.texts[this.chosen];
    for (const kind of ['input', 'change']) {
      area.addEventListener(kind, () => {
        this.texts[this.chosen] = area.value;
        this.save();
      });
    }
    target.addEventListener('keydown', (event) => this.key(event));
    this.draw();
  }

  /** The arrows go from tab to tab, as in every list of tabs. */
  key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step !== undefined && event.target.getAttribute('role') === 'tab') {
      event.preventDefault();
      this.choose((this.chosen + step + this.texts.length) % this.texts.length);
      this.target.querySelector('[aria-selected=true]').focus();
    }
  }

  /** Opens a tab with a text, or puts it into the chosen one when that is empty. */
  open(text) {
    if (this.texts[this.chosen].trim() !== '') {
      this.texts.push('');
      this.chosen = this.texts.length - 1;
    }
    this.texts[this.chosen] = text;
    this.show();
  }

  choose(index) {
    this.chosen = index;
    this.show();
  }

  close(index) {
    this.texts.splice(index, 1);
    if (this.texts.length === 0) {
      this.texts.push('');
    }
    this.chosen = Math.min(this.chosen > index ? this.chosen - 1 : this.chosen, this.texts.length - 1);
    this.show();
  }

  show() {
    this.area.value = this.texts[this.chosen];
    this.save();
    this.draw();
    this.area.focus();
    this.changed();
  }

  save() {
    localStorage.setItem(KEPT, JSON.stringify({ texts: this.texts, chosen: this.chosen }));
  }

  draw() {
    const made = this.texts.flatMap((_, index) => {
      const tab = button(`${index + 1}`, `Statement ${index + 1}`, () => this.choose(index));
      tab.setAttribute('role', 'tab');
      tab.setAttribute('aria-selected', String(index === this.chosen));
      tab.tabIndex = index === this.chosen ? 0 : -1;
      return index === this.chosen && this.texts.length > 1 ? [tab, button('×', `Close statement ${index + 1}`, () => this.close(index))] : [tab];
    });
    made.push(button('+', 'New statement', () => this.openEmpty()));
    this.target.replaceChildren(...made);
  }

  openEmpty() {
    this.texts.push('');
    this.choose(this.texts.length - 1);
  }
}

function load() {
  try {
    const { texts, chosen } = JSON.parse(localStorage.getItem(KEPT));
    if (Array.isArray(texts) && texts.length > 0 && texts.every((text) => typeof text === 'string')) {
      return { texts, chosen: Number.isInteger(chosen) && chosen >= 0 && chosen < texts.length ? chosen : 0 };
    }
  } catch {
    // nothing kept, or not by this console
  }
  return { texts: ['SHOW MEASUREMENTS'], chosen: 0 };
}
