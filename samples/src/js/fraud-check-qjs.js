// For componentize-qjs 0.4.5, which hands 64-bit integers over as plain numbers: an amount of 2^63 and
// more arrives negative, and from 2^53 on it is rounded. Neither changes the answer here.
export const fraudCheck = {
  check(userId, amountCents) {
    if (amountCents < 0) amountCents += 2 ** 64;
    let score = Math.min(Math.floor(amountCents / 10000), 90);
    if (userId.startsWith("new-")) score += 25;
    const allowed = score < 50;
    return { allowed, score, reason: `user ${userId}: risk ${score} is ${allowed ? "under" : "over"} the limit` };
  },
};
