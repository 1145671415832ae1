// The nodes of a cluster, and which has and leads which shard.
import { answerOf } from './api.js';
import { drawRows } from './table.js';

const LOOK_MILLIS = 2000;
const STATES = { asked: 'this node' };

export class Cluster {
  constructor(map, note) {
    this.map = map;
    this.note = note;
    this.begun = 0;
  }

  start() {
    this.look(++this.begun);
  }

  stop() {
    this.begun++;
  }

  async look(begun) {
    if (begun !== this.begun) {
      return;
    }
    try {
      this.draw(await answerOf('/api/v1/cluster'));
    } catch (failure) {
      this.note.textContent = failure.message;
    }
    setTimeout(() => this.look(begun), LOOK_MILLIS);
  }

  draw({ self, members, shards }) {
    if (members.length === 0) {
      this.note.textContent = 'This node is alone: it is no member of a cluster.';
      this.map.replaceChildren();
      return;
    }
    const silent = members.filter(({ state }) => state === 'silent').length;
    const missing = silent === 0 ? 'all answer' : `${silent} of them ${silent === 1 ? 'does' : 'do'} not answer`;
    this.note.textContent = `${members.length} members, ${missing}; ${shards.length} shards: ● leads, ○ has a replica. As this node (${self}) sees it.`;
    const cell = (shard, member) => (shard.leader === member.id ? '●' : shard.replicas.includes(member.id) ? '○' : '');
    drawRows(
      this.map,
      ['member', 'state', 'address', ...shards.map(({ shard, leader }) => `shard ${shard}${leader === null ? ' (no leader)' : ''}`)],
      members.map((member) => [member.id, STATES[member.state] ?? member.state, member.address, ...shards.map((shard) => cell(shard, member))]),
      '',
    );
    for (const [i, row] of [...this.map.querySelectorAll('tbody tr')].entries()) {
      row.classList.toggle('silent', members[i].state === 'silent');
    }
  }
}
