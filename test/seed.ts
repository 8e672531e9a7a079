import fc from 'fast-check';

// One seed for every run, so that a red build is red for its change; SEED=any (or a number) tries others.
const wanted = process.env.SEED ?? '20270101';
if (wanted !== 'any') {
  if (!/^-?\d{1,10}$/.test(wanted)) throw new Error(`SEED is a number or \`any\`, not \`${wanted}\``);
  fc.configureGlobal({ seed: Number(wanted) });
}
