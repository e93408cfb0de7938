// How a streamed transaction's subtransactions ended, asked of the server when the whole commits.
//
// Stream Abort does not tell of all that were rolled back. A subtransaction of more than 4096
// changes that the walsender had to spill before it could stream them (the transaction was open
// where the stream begins) is not marked as streamed by that, and where too little of it follows,
// its rollback is not sent: its changes would count. Seen in 15.20; reorderbuffer.c,
// ReorderBufferTruncateTXN() and ReorderBufferAbort().
//
// The server still knows each: its commit log goes back to the slot's catalog_xmin.
#pragma once

#include "cdc/postgres/connection.h"
#include "cdc/transaction_assembler.h"
#include "log/base/status.h"

namespace leat::cdc {

// Drops what TRANSACTION, which has committed, holds of subtransactions that were rolled back.
// Costs nothing where it has none that are in doubt.
Status settle_subtransactions(Connection& sql, Transaction* transaction);

}  // namespace leat::cdc
