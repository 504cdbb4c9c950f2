package land

import "zhengbei/internal/fault"

// Stage is a derived state of a subject: nobody types it, facts lead to it.
type Stage struct {
	Name  string
	Words fault.Words
	When  fault.Words // the rule by which it is derived
}

// Stages are the states of each kind of subject, from the first to the furthest.
var Stages = map[SubjectKind][]Stage{
	OfContract: {
		{"draft", fault.Words{Zh: "拟稿", En: "draft"}, fault.Words{Zh: "尚无有效事实", En: "no live fact yet"}},
		{"offered", fault.Words{Zh: "已送达", En: "offered"}, has("offered")},
		{"signed", fault.Words{Zh: "已签", En: "signed"}, has("signed")},
		{"effective", fault.Words{Zh: "已生效", En: "effective"}, has("effective")},
		{"settled", fault.Words{Zh: "已结清", En: "settled"}, has("settled")},
		{"rescinded", fault.Words{Zh: "解除", En: "rescinded"}, has("rescinded")},
		{"void", fault.Words{Zh: "作废", En: "void"}, fault.Words{Zh: "其事实全部作废", En: "all its facts are voided"}},
	},
	OfBuilding: {
		{"registered", fault.Words{Zh: "已登记", En: "registered"}, registered},
		{"surveyed", fault.Words{Zh: "已摸查", En: "surveyed"}, has("surveyed")},
		{"measured", fault.Words{Zh: "已测绘", En: "measured"}, has("measured")},
		{"appraised", fault.Words{Zh: "已评估", En: "appraised"}, has("appraised")},
		{"tenants_cleared", fault.Words{Zh: "已清租", En: "tenants cleared"}, has("tenants_cleared")},
		{"vacated", fault.Words{Zh: "已腾空", En: "vacated"}, has("vacated")},
		{"demolished", fault.Words{Zh: "已拆除", En: "demolished"}, has("demolished")},
	},
	OfHolding: {
		{"registered", fault.Words{Zh: "已登记", En: "registered"}, registered},
		{"surveyed", fault.Words{Zh: "已摸查", En: "surveyed"}, has("surveyed")},
		{"willing", fault.Words{Zh: "有意愿", En: "willing"}, has("willing")},
		{"measured", fault.Words{Zh: "已测绘", En: "measured"}, has("measured")},
		{"appraised", fault.Words{Zh: "已评估", En: "appraised"}, has("appraised")},
		{"negotiating", fault.Words{Zh: "谈判中", En: "negotiating"}, has("negotiating")},
		{"signed", fault.Words{Zh: "已签约", En: "signed"}, fault.Words{Zh: "有已签、未解除的搬迁补偿安置协议涵盖它", En: "a relocation contract that is signed and not rescinded covers it"}},
		{"tenants_cleared", fault.Words{Zh: "已清租", En: "tenants cleared"}, has("tenants_cleared")},
		{"vacated", fault.Words{Zh: "已腾空", En: "vacated"}, has("vacated")},
		{"demolished", fault.Words{Zh: "已拆除", En: "demolished"}, fault.Words{Zh: "其建筑（至少一栋）全部拆除", En: "all its buildings, at least one, are demolished"}},
	},
	OfPlot: {
		{"planned", fault.Words{Zh: "未签约", En: "planned"}, fault.Words{Zh: "无户签约或责令交地", En: "no interest is bound"}},
		{"partly_signed", fault.Words{Zh: "部分签约", En: "partly signed"}, fault.Words{Zh: "有户已签约或责令交地", En: "some interest is bound"}},
		{"all_signed", fault.Words{Zh: "全部签约", En: "all signed"}, fault.Words{Zh: "至少一户，且各户均已签约或责令交地", En: "every interest is bound, at least one"}},
		{"cleared", fault.Words{Zh: "已清退", En: "cleared"}, fault.Words{Zh: "全部签约，且没有未拆除的建筑", En: "all signed, and no building stands"}},
		{"title_accepted", fault.Words{Zh: "权属已验收", En: "title accepted"}, fault.Words{Zh: "已清退，且有权属验收", En: "cleared, with the acceptance of the title"}},
		{"site_accepted", fault.Words{Zh: "现状已验收", En: "site accepted"}, fault.Words{Zh: "已清退，且有现状验收", En: "cleared, with the acceptance of the site"}},
		{"accepted", fault.Words{Zh: "已验收", En: "accepted"}, fault.Words{Zh: "已清退，且两项验收俱在", En: "cleared, with both acceptances"}},
		{"stored", fault.Words{Zh: "已入库", En: "stored"}, fault.Words{Zh: "入库，且两项验收俱在", En: "stored, with both acceptances"}},
		{"supplied", fault.Words{Zh: "已供地", En: "supplied"}, fault.Words{Zh: "已入库，且已供地", En: "stored, and supplied"}},
	},
	OfParcel: {
		{"proposed", fault.Words{Zh: "拟议", En: "proposed"}, fault.Words{Zh: "尚无有效事实", En: "no live fact yet"}},
		{"planned_in_city", fault.Words{Zh: "已纳入市计划", En: "planned in city"}, has("planned_in_city")},
		{"scheme_drafting", fault.Words{Zh: "方案编制中", En: "scheme drafting"}, has("scheme_drafting")},
		{"notice_published", fault.Words{Zh: "已公示", En: "notice published"}, has("notice_published")},
		{"approved", fault.Words{Zh: "方案已批准", En: "approved"}, has("approved")},
		{"implementing", fault.Words{Zh: "实施中", En: "implementing"}, has("implementing")},
		{"finished", fault.Words{Zh: "已完成", En: "finished"}, has("finished")},
	},
}

// Apart are what the map says of plots that are not to be stored, in place of a stage.
var Apart = []Stage{
	{"retained", fault.Words{Zh: "留用", En: "retained"}, fault.Words{Zh: "处置为留用", En: "its disposition is retained"}},
	{"kept", fault.Words{Zh: "保留", En: "kept"}, fault.Words{Zh: "处置为保留", En: "its disposition is kept"}},
}

var registered = fault.Words{Zh: "在登记册上", En: "it stands in the register"}

// has words the rule of a stage that a fact of the same name leads to.
func has(kind FactKind) fault.Words {
	r, _ := RuleOf(kind)
	return fault.Words{Zh: "有“" + r.Name.Zh + "”", En: "the fact " + r.Name.En}
}

// SubjectWords name the kinds of subjects.
var SubjectWords = map[SubjectKind]fault.Words{
	OfContract:  {Zh: "协议", En: "contract"},
	OfBuilding:  {Zh: "栋", En: "building"},
	OfHolding:   {Zh: "户", En: "holding"},
	OfPlot:      {Zh: "地块", En: "plot"},
	OfParcel:    {Zh: "片区", En: "parcel"},
	OfMilestone: {Zh: "节点", En: "milestone"},
}
