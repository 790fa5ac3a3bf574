package tradewind.order_test

import data.tradewind.order

cancel(sub, roles, status) := answer if {
	answer := order.decision with input as {
		"action": "cancel",
		"principal": {"sub": sub, "roles": roles, "storeId": "STORE-1"},
		"resource": {"ownerId": "USER-9", "storeId": "STORE-1", "status": status},
	}
}

test_owner_cancels_pending if cancel("USER-9", ["CUSTOMER"], "PENDING") == {"allow": true, "reason": "owner"}

test_owner_cancels_nothing_else if {
	every status in ["PAYMENT_PENDING", "PAID", "FULFILLED", "RETURNED", "CANCELED", "EXPIRED"] {
		cancel("USER-9", ["CUSTOMER"], status) == {"allow": false, "reason": "status"}
	}
}

test_stranger_is_refused if cancel("USER-8", ["CUSTOMER"], "PENDING") == {"allow": false, "reason": "not-owner"}

test_admin_cancels_pending_and_paid if {
	every status in ["PENDING", "PAID"] {
		cancel("ADMIN-1", ["ADMIN"], status) == {"allow": true, "reason": "admin"}
	}
	cancel("ADMIN-1", ["ADMIN"], "FULFILLED") == {"allow": false, "reason": "status"}
}

test_service_cancels_pending if {
	cancel("order", ["SERVICE"], "PENDING") == {"allow": true, "reason": "system"}
	cancel("order", ["SERVICE"], "PAID") == {"allow": false, "reason": "status"}
}

test_others_cancel_nothing if {
	every role in ["MERCHANT", "DEVICE", "ROOT"] {
		cancel("USER-9", [role], "PENDING") == {"allow": false, "reason": "role"}
	}
	cancel("USER-9", [], "PENDING") == {"allow": false, "reason": "role"}
}

test_other_tenant_is_refused if {
	order.decision == {"allow": false, "reason": "other-tenant"} with input as {
		"action": "cancel",
		"principal": {"sub": "USER-9", "roles": ["CUSTOMER", "ADMIN"], "storeId": "STORE-2"},
		"resource": {"ownerId": "USER-9", "storeId": "STORE-1", "status": "PENDING"},
	}
}

test_nobody_owns_an_order_without_owner if {
	order.decision == {"allow": false, "reason": "not-owner"} with input as {
		"action": "cancel",
		"principal": {"sub": "", "roles": ["CUSTOMER"], "storeId": "STORE-1"},
		"resource": {"ownerId": "", "storeId": "STORE-1", "status": "PENDING"},
	}
}

test_unknown_action_is_refused if {
	order.decision == {"allow": false, "reason": "unknown-action"} with input as {
		"action": "destroy",
		"principal": {"sub": "ADMIN-1", "roles": ["ADMIN"], "storeId": "STORE-1"},
		"resource": {"ownerId": "USER-9", "storeId": "STORE-1", "status": "PENDING"},
	}
}

test_empty_input_is_refused if order.decision == {"allow": false, "reason": "other-tenant"} with input as {}

test_tenants_alone_are_not_enough if {
	order.decision == {"allow": false, "reason": "default-deny"} with input as {
		"action": "cancel",
		"principal": {"storeId": "STORE-1"},
		"resource": {"storeId": "STORE-1"},
	}
}
