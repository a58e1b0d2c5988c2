import { qtree } from './qtree.ts';
export class Monitor { target; constructor(target) { this.target = target; } execute(line) { return line === 'info qtree' ? qtree(this.target.sysbus) : ''; } }
