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

ask(action, sub, roles, requester) := answer if {
	answer := order.decision with input as {
		"action": action,
		"principal": {"sub": sub, "roles": roles, "storeId": "STORE-1"},
		"resource": {"ownerId": "USER-9", "storeId": "STORE-1", "status": "PAID", "requestedBy": requester},
	}
}

decided := {"approve_cancellation", "reject_cancellation", "approve_return", "reject_return", "refund"}

test_staff_decides if {
	every action in decided {
		ask(action, "ADMIN-2", ["ADMIN"], "ADMIN-1") == {"allow": true, "reason": "staff"}
	}
	every action in decided - {"approve_cancellation", "reject_cancellation"} {
		ask(action, "MERCHANT-1", ["MERCHANT"], "USER-9") == {"allow": true, "reason": "staff"}
	}
}

test_merchants_do_not_decide_about_cancellations if {
	every action in {"approve_cancellation", "reject_cancellation"} {
		ask(action, "MERCHANT-1", ["MERCHANT"], "ADMIN-1") == {"allow": false, "reason": "role"}
	}
}

test_others_decide_nothing if {
	every action in decided {
		every role in ["CUSTOMER", "SERVICE", "DEVICE", "ROOT"] {
			ask(action, "USER-9", [role], "ADMIN-1") == {"allow": false, "reason": "role"}
		}
		ask(action, "USER-9", [], "ADMIN-1") == {"allow": false, "reason": "role"}
	}
}

test_who_asked_does_not_approve if {
	ask("approve_cancellation", "ADMIN-1", ["ADMIN"], "ADMIN-1") == {"allow": false, "reason": "self"}
	ask("approve_cancellation", "", ["ADMIN"], "ADMIN-1") == {"allow": false, "reason": "self"}
}

test_nobody_approves_what_nobody_asked_for if {
	order.decision == {"allow": false, "reason": "self"} with input as {
		"action": "approve_cancellation",
		"principal": {"sub": "ADMIN-1", "roles": ["ADMIN"], "storeId": "STORE-1"},
		"resource": {"ownerId": "USER-9", "storeId": "STORE-1", "status": "PAID"},
	}
}

test_who_asked_may_take_it_back if {
	ask("reject_cancellation", "ADMIN-1", ["ADMIN"], "ADMIN-1") == {"allow": true, "reason": "staff"}
}

test_owner_and_staff_ask_for_returns if {
	ask("request_return", "USER-9", ["CUSTOMER"], null) == {"allow": true, "reason": "owner"}
	ask("request_return", "MERCHANT-1", ["MERCHANT"], null) == {"allow": true, "reason": "staff"}
	ask("request_return", "USER-8", ["CUSTOMER"], null) == {"allow": false, "reason": "not-owner"}
	ask("request_return", "sensor", ["DEVICE"], null) == {"allow": false, "reason": "role"}
}

test_nothing_follows_from_roles_that_are_no_list if {
	every action in decided | {"request_return"} {
		ask(action, "ADMIN-2", "ADMIN", "ADMIN-1") == {"allow": false, "reason": "default-deny"}
	}
}
