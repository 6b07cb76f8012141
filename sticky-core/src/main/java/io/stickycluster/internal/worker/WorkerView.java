package io.stickycluster.internal.worker;

import io.stickycluster.Messages;
import io.stickycluster.Worker;
import java.util.Map;

/** What a worker's program sees of its worker. */
record WorkerView(int index, long id, long masterPid, Map<String, String> env, Messages messages)
    implements Worker {}
