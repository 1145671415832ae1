// The nodes of a cluster, and which has and leads which shard.
import { answerOf } from './api.js';
import { drawRows } from './table.js';

const LOOK_MILLIS = 2000;

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
    this.note.textContent = members.length === 0 ? 'This node is alone: it is no member of a cluster.' : `${members.length} members, ${shards.length} shards; ● leads, ○ has a replica. As this node (${self}) sees it.`;
    const cell = (shard, member) => (shard.leader === member.id ? '●' : shard.replicas.includes(member.id) ? '○' : '');
    drawRows(
      this.map,
      ['member', 'address', ...shards.map(({ shard }) => `shard ${shard}`)],
      members.map((member) => [member.id + (member.id === self ? ' (this)' : ''), member.address, ...shards.map((shard) => cell(shard, member))]),
      '',
    );
  }
}
