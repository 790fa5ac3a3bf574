package tradewind.product_test

import data.tradewind.product

override(roles, store) := answer if {
	answer := product.decision with input as {
		"action": "override_price",
		"principal": {"sub": "USER-9", "roles": roles, "storeId": "STORE-1"},
		"resource": {"storeId": store},
	}
}

test_admin_overrides if override(["ADMIN"], "STORE-1") == {"allow": true, "reason": "admin"}

test_others_do_not if {
	every role in ["CUSTOMER", "MERCHANT", "SERVICE", "DEVICE", "ROOT"] {
		override([role], "STORE-1") == {"allow": false, "reason": "role"}
	}
	override([], "STORE-1") == {"allow": false, "reason": "role"}
}

test_admin_of_another_tenant_does_not if override(["ADMIN"], "STORE-2") == {"allow": false, "reason": "other-tenant"}

test_unknown_action_is_refused if {
	product.decision == {"allow": false, "reason": "unknown-action"} with input as {
		"action": "destroy",
		"principal": {"sub": "ADMIN-1", "roles": ["ADMIN"], "storeId": "STORE-1"},
		"resource": {"storeId": "STORE-1"},
	}
}

test_empty_input_is_refused if product.decision == {"allow": false, "reason": "other-tenant"} with input as {}

test_tenants_alone_are_not_enough if {
	product.decision == {"allow": false, "reason": "default-deny"} with input as {
		"action": "override_price",
		"principal": {"storeId": "STORE-1"},
		"resource": {"storeId": "STORE-1"},
	}
}
