// other-host.mjs SHOP.js: places two orders with a composed component that jco made into JavaScript.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const { checkout } = await import(pathToFileURL(resolve(process.argv[2])));
for (const [user, quantity, unitCents] of [["alice", 3, 450n], ["new-zoe", 1, 300000n]]) {
  try {
    const { totalCents, note } = checkout.place(user, [{ sku: "tea", quantity, unitCents }]);
    console.log(`accepted: ${totalCents}, ${note}`);
  } catch (error) {
    if (error.payload?.tag !== "fraud") throw error;
    console.log(`refused: ${error.payload.val}`);
  }
}
