export const fraudCheck = {
  check(userId, amountCents) {
    let score = Number(BigInt(amountCents) / 10000n); // a u64 is a BigInt here
    if (score > 90) score = 90;
    if (userId.startsWith("new-")) score += 25;
    const allowed = score < 50;
    return {
      allowed,
      score,
      reason: `user ${userId}: risk ${score} is ${allowed ? "under" : "over"} the limit`,
    };
  },
};
