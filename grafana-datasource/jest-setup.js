// Jest setup provided by Grafana scaffolding
import './.config/jest-setup';
import { configure } from '@testing-library/react';

// Components of Grafana measure texts to size themselves; jsdom draws nothing.
HTMLCanvasElement.prototype.getContext = () => ({ measureText: (text) => ({ width: text.length * 8 }) });

// Lists watch what is in sight; in jsdom nothing is, or all.
class IntersectionObserverFake {
  observe() {}
  unobserve() {}
  disconnect() {}
}
global.IntersectionObserver = IntersectionObserverFake;

// Limits for what hangs, not for what is slow: a machine may have other work. Roles are looked up without asking the style of every element.
jest.setTimeout(60_000);
configure({ asyncUtilTimeout: 20_000, defaultHidden: true });

// React 19 schedules with channels; jsdom has none, and Node's keep the process alive.
if (!global.MessageChannel) {
  global.MessageChannel = class {
    constructor() {
      this.port1 = { onmessage: null };
      this.port2 = { postMessage: (data) => setTimeout(() => this.port1.onmessage?.({ data })) };
    }
  };
}
