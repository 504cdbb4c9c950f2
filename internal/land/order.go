package land

import (
	"slices"

	"zhengbei/internal/fault"
)

// The kinds of facts, in THE order: facts of one day are taken as happening in it.
const (
	Surveyed          FactKind = "surveyed"
	Willing           FactKind = "willing"
	Measured          FactKind = "measured"
	Appraised         FactKind = "appraised"
	Visited           FactKind = "visited"
	Assigned          FactKind = "assigned"
	Negotiating       FactKind = "negotiating"
	Objected          FactKind = "objected"
	ObjectionClosed   FactKind = "objection_closed"
	Offered           FactKind = "offered"
	Signed            FactKind = "signed"
	Effective         FactKind = "effective"
	Paid              FactKind = "paid"
	Settled           FactKind = "settled"
	Rescinded         FactKind = "rescinded"
	Compulsory        FactKind = "compulsory"
	TenantsCleared    FactKind = "tenants_cleared"
	Vacated           FactKind = "vacated"
	Demolished        FactKind = "demolished"
	TitleAccepted     FactKind = "title_accepted"
	SiteAccepted      FactKind = "site_accepted"
	Stored            FactKind = "stored"
	Supplied          FactKind = "supplied"
	BoundaryCorrected FactKind = "boundary_corrected"
	PlannedInCity     FactKind = "planned_in_city"
	SchemeDrafting    FactKind = "scheme_drafting"
	NoticePublished   FactKind = "notice_published"
	Approved          FactKind = "approved"
	Implementing      FactKind = "implementing"
	Finished          FactKind = "finished"
	Reached           FactKind = "reached"
)

// Condition is what a kind of fact needs, or is refused while it holds, on the day that it happened.
type Condition struct {
	Check Check
	Fact  FactKind // of the same subject, where Check is HasFact
}

// Check names what is looked at. Package signing does it.
type Check string

// The checks.
const (
	HasFact             Check = "has_fact"
	ObjectionOpen       Check = "objection_open" // on the subject itself
	HoldingsAppraised   Check = "holdings_appraised"
	ObjectionOpenAround Check = "objection_open_around" // on one of its holdings, or its parcel
	AnotherContract     Check = "another_contract"
	SumMet              Check = "sum_met"
	PlotAccepted        Check = "plot_accepted" // a plot of the contract
	HoldingBound        Check = "holding_bound"
	TenantsGone         Check = "tenants_gone"
	BuildingVacated     Check = "building_vacated"
	InterestsBound      Check = "interests_bound"
	NoBuildingStands    Check = "no_building_stands"
	AcceptedOrStored    Check = "accepted_or_stored" // the plot itself
	ReasonGiven         Check = "reason_given"
	AnotherPerson       Check = "another_person"
	NeededByLiveFact    Check = "needed_by_live_fact"
	ContractRescinded   Check = "contract_rescinded"
)

// Checks are the words of the checks, as they follow "needs" or "refused while".
var Checks = map[Check]fault.Words{
	ObjectionOpen:       {Zh: "未办结的异议", En: "an open objection"},
	HoldingsAppraised:   {Zh: "所涉各户均已评估（框架协议不要求）", En: "each holding appraised (a framework agreement does without)"},
	ObjectionOpenAround: {Zh: "所涉的户或片区有未办结的异议", En: "an objection is open on one of its holdings or its parcel"},
	AnotherContract:     {Zh: "所涉的户已有同类有效协议", En: "another live contract of the kind covers one of its holdings"},
	SumMet:              {Zh: "约定金额已付清（有约定时）", En: "the agreed sum paid, where one is agreed"},
	PlotAccepted:        {Zh: "所涉地块已有验收或入库", En: "a plot of it has an acceptance or is stored"},
	HoldingBound:        {Zh: "该户已签约或已责令交地", En: "the holding signed or under compulsory order"},
	TenantsGone:         {Zh: "当日有租户的，已清租", En: "tenants cleared where a tenant is there that day"},
	BuildingVacated:     {Zh: "该栋或其户已腾空", En: "the building or its holding vacated"},
	InterestsBound:      {Zh: "地块上至少有一户，且各户均已签约或已责令交地", En: "at least one holding on the plot, and each signed or under compulsory order"},
	NoBuildingStands:    {Zh: "当日地块上没有未拆除的建筑", En: "no building standing on the plot that day"},
	AcceptedOrStored:    {Zh: "地块已有验收或入库", En: "an acceptance of the plot, or its storing"},
	ReasonGiven:         {Zh: "理由", En: "a reason"},
	AnotherPerson:       {Zh: "由记录人以外的人作废", En: "another person than the one who recorded it"},
	NeededByLiveFact:    {Zh: "有效事实以它为前提（同批一并作废的除外）", En: "a live fact needs it (unless voided in the same list)"},
	ContractRescinded:   {Zh: "协议已解除", En: "the contract is rescinded"},
}

// Says are the words of the condition.
func (c Condition) Says() fault.Words {
	if c.Check == HasFact {
		rule, _ := RuleOf(c.Fact)
		return rule.Name
	}
	return Checks[c.Check]
}

// Rule is a row of the order: what a kind of fact is about, and when it may be recorded.
type Rule struct {
	Kind     FactKind
	Name     fault.Words
	Says     fault.Words // what it states
	Subjects []SubjectKind
	Needs    []Condition
	Refused  []Condition // while one of these holds
	Evidence fault.Words // what it should rest on; its absence is a finding, never a refusal
	By       Role
	Fields   []Field // of its value
}

// Field is a member of the value of a fact.
type Field struct {
	Name     string
	Words    fault.Words
	Type     FieldType
	Required bool
}

// FieldType is the form of a member.
type FieldType string

// The forms: text of 1 to 2,000 characters, a day, yuan with at most two decimals, a number from 1, a SHA-256 in hex.
const (
	TextField    FieldType = "text"
	DayField     FieldType = "day"
	YuanField    FieldType = "yuan"
	OrdinalField FieldType = "ordinal"
	HashField    FieldType = "hash"
)

// The evidence that the field speaks of.
var (
	letter      = fault.Words{Zh: "意愿书", En: "letter"}
	report      = fault.Words{Zh: "报告", En: "report"}
	draft       = fault.Words{Zh: "协议文本", En: "draft"}
	scan        = fault.Words{Zh: "协议扫描件", En: "scan"}
	voucher     = fault.Words{Zh: "付款凭证", En: "voucher"}
	document    = fault.Words{Zh: "文件", En: "document"}
	decision    = fault.Words{Zh: "决定书", En: "decision"}
	photo       = fault.Words{Zh: "照片", En: "photo"}
	certificate = fault.Words{Zh: "验收（入库）证明", En: "certificate"}
)

func fact(kind FactKind) Condition     { return Condition{Check: HasFact, Fact: kind} }
func needs(c ...Condition) []Condition { return c }
func check(c Check) Condition          { return Condition{Check: c} }

// Order is THE order of facts: the checks, the forms, the documentation and the tests are made from it.
var Order = []Rule{
	{
		Kind: Surveyed, Name: fault.Words{Zh: "摸查", En: "surveyed"}, By: RolePost, Subjects: []SubjectKind{OfHolding, OfBuilding},
		Says: fault.Words{Zh: "摸清了土地、建筑、权利人和租户。", En: "Land, buildings, right holders and tenants were listed."},
	},
	{
		Kind: Willing, Name: fault.Words{Zh: "意愿", En: "willing"}, By: RolePost, Subjects: []SubjectKind{OfHolding},
		Needs: needs(fact(Surveyed)), Evidence: letter,
		Says: fault.Words{Zh: "收到意愿书；意愿不是签约。", En: "A willingness letter came in; it is no signature."},
	},
	{
		Kind: Measured, Name: fault.Words{Zh: "测绘", En: "measured"}, By: RolePost, Subjects: []SubjectKind{OfHolding, OfBuilding},
		Needs: needs(fact(Surveyed)), Evidence: report,
		Says: fault.Words{Zh: "测绘了土地或建筑。", En: "Land or building was measured."},
	},
	{
		Kind: Appraised, Name: fault.Words{Zh: "评估", En: "appraised"}, By: RolePost, Subjects: []SubjectKind{OfHolding, OfBuilding},
		Needs: needs(fact(Measured)), Evidence: report,
		Says: fault.Words{Zh: "评估了补偿。", En: "The compensation was appraised."},
	},
	{
		Kind: Visited, Name: fault.Words{Zh: "走访", En: "visited"}, By: RolePost, Subjects: []SubjectKind{OfHolding},
		Says: fault.Words{Zh: "上门走访；备注记谈了什么。", En: "The holder was visited; the note says what was spoken of."},
		Fields: []Field{
			{Name: "next_step", Words: fault.Words{Zh: "下一步", En: "next step"}, Type: TextField},
			{Name: "next_visit_on", Words: fault.Words{Zh: "下次走访日期", En: "next visit on"}, Type: DayField},
			{Name: "visited_by", Words: fault.Words{Zh: "走访人", En: "by whom"}, Type: TextField},
		},
	},
	{
		Kind: Assigned, Name: fault.Words{Zh: "分派", En: "assigned"}, By: RolePost, Subjects: []SubjectKind{OfHolding},
		Says:   fault.Words{Zh: "由某人负责该户。", En: "Somebody is in charge of the holding."},
		Fields: []Field{{Name: "assigned_to", Words: fault.Words{Zh: "负责人", En: "to whom"}, Type: TextField}},
	},
	{
		Kind: Negotiating, Name: fault.Words{Zh: "谈判", En: "negotiating"}, By: RolePost, Subjects: []SubjectKind{OfHolding},
		Needs: needs(fact(Surveyed)),
		Says:  fault.Words{Zh: "开始谈判。", En: "Negotiation began."},
	},
	{
		Kind: Objected, Name: fault.Words{Zh: "异议", En: "objected"}, By: RolePost, Subjects: []SubjectKind{OfHolding, OfParcel},
		Evidence: letter,
		Says:     fault.Words{Zh: "提出异议；办结之前，所涉协议不签，所涉地块不做权属验收。", En: "An objection was raised; until it is closed, what it touches is neither signed nor accepted in title."},
	},
	{
		Kind: ObjectionClosed, Name: fault.Words{Zh: "异议办结", En: "objection closed"}, By: RolePost, Subjects: []SubjectKind{OfHolding, OfParcel},
		Needs: needs(check(ObjectionOpen)), Evidence: fault.Words{Zh: "答复", En: "answer"},
		Says: fault.Words{Zh: "一件异议已答复办结。", En: "One objection was answered and closed."},
	},
	{
		Kind: Offered, Name: fault.Words{Zh: "送达", En: "offered"}, By: RolePost, Subjects: []SubjectKind{OfContract},
		Refused: needs(check(ContractRescinded)), Evidence: draft,
		Says: fault.Words{Zh: "协议文本已送达。", En: "The draft contract was handed over."},
	},
	{
		Kind: Signed, Name: fault.Words{Zh: "签约", En: "signed"}, By: RolePost, Subjects: []SubjectKind{OfContract},
		Needs: needs(check(HoldingsAppraised)), Refused: needs(check(ObjectionOpenAround), check(AnotherContract), check(ContractRescinded)), Evidence: scan,
		Says: fault.Words{Zh: "双方签字；只有搬迁补偿安置协议使所涉各户成为已签约。", En: "Both sides signed; only a relocation contract makes its holdings signed."},
	},
	{
		Kind: Effective, Name: fault.Words{Zh: "生效", En: "effective"}, By: RolePost, Subjects: []SubjectKind{OfContract},
		Needs: needs(fact(Signed)), Refused: needs(check(ContractRescinded)), Evidence: scan,
		Says: fault.Words{Zh: "协议生效。", En: "The contract took effect."},
	},
	{
		Kind: Paid, Name: fault.Words{Zh: "付款", En: "paid"}, By: RolePost, Subjects: []SubjectKind{OfContract},
		Needs: needs(fact(Signed)), Refused: needs(check(ContractRescinded)), Evidence: voucher,
		Says: fault.Words{Zh: "付了一期款；腾空之前付款会提醒，不拒绝。", En: "An instalment was paid; before vacating this warns, and refuses nothing."},
		Fields: []Field{
			{Name: "amount", Words: fault.Words{Zh: "金额（元）", En: "amount in yuan"}, Type: YuanField},
			{Name: "instalment", Words: fault.Words{Zh: "期次", En: "instalment"}, Type: OrdinalField},
		},
	},
	{
		Kind: Settled, Name: fault.Words{Zh: "结清", En: "settled"}, By: RolePost, Subjects: []SubjectKind{OfContract},
		Needs: needs(fact(Signed), check(SumMet)), Refused: needs(check(ContractRescinded)), Evidence: scan,
		Says: fault.Words{Zh: "协议履行完毕。", En: "The contract was fulfilled."},
	},
	{
		Kind: Rescinded, Name: fault.Words{Zh: "解除", En: "rescinded"}, By: RoleOfficer, Subjects: []SubjectKind{OfContract},
		Needs: needs(fact(Signed)), Refused: needs(check(PlotAccepted), check(ContractRescinded)), Evidence: document,
		Says: fault.Words{Zh: "协议解除，不再约束所涉各户；重新签约另立协议。", En: "The contract was rescinded and binds no holding any more; a new signature takes a new contract."},
	},
	{
		Kind: Compulsory, Name: fault.Words{Zh: "责令交地", En: "compulsory"}, By: RoleOfficer, Subjects: []SubjectKind{OfHolding},
		Needs: needs(fact(Surveyed)), Evidence: decision,
		Says: fault.Words{Zh: "作出责令交地或征收决定；单独统计，绝不算作签约。", En: "An order to hand over the land was made; counted apart, never as signed."},
	},
	{
		Kind: TenantsCleared, Name: fault.Words{Zh: "清租", En: "tenants cleared"}, By: RolePost, Subjects: []SubjectKind{OfHolding, OfBuilding},
		Needs: needs(check(HoldingBound)), Evidence: photo,
		Says: fault.Words{Zh: "租户已全部迁出。", En: "The tenants have left."},
	},
	{
		Kind: Vacated, Name: fault.Words{Zh: "腾空", En: "vacated"}, By: RolePost, Subjects: []SubjectKind{OfHolding, OfBuilding},
		Needs: needs(check(HoldingBound), check(TenantsGone)), Evidence: photo,
		Says: fault.Words{Zh: "人与物已全部迁出。", En: "People and goods have left."},
	},
	{
		Kind: Demolished, Name: fault.Words{Zh: "拆除", En: "demolished"}, By: RolePost, Subjects: []SubjectKind{OfBuilding},
		Needs: needs(check(BuildingVacated)), Evidence: photo,
		Says: fault.Words{Zh: "该栋已拆除。", En: "The building was pulled down."},
	},
	{
		Kind: TitleAccepted, Name: fault.Words{Zh: "权属验收", En: "title accepted"}, By: RoleOfficer, Subjects: []SubjectKind{OfPlot},
		Needs: needs(check(InterestsBound)), Refused: needs(check(ObjectionOpenAround)), Evidence: certificate,
		Says: fault.Words{Zh: "权属验收合格。", En: "The title passed acceptance."},
	},
	{
		Kind: SiteAccepted, Name: fault.Words{Zh: "现状验收", En: "site accepted"}, By: RoleOfficer, Subjects: []SubjectKind{OfPlot},
		Needs: needs(check(NoBuildingStands)), Evidence: certificate,
		Says: fault.Words{Zh: "现状验收合格。", En: "The site passed acceptance."},
	},
	{
		Kind: Stored, Name: fault.Words{Zh: "入库", En: "stored"}, By: RoleOfficer, Subjects: []SubjectKind{OfPlot},
		Needs: needs(fact(TitleAccepted), fact(SiteAccepted)), Evidence: certificate,
		Says: fault.Words{Zh: "土地入库，即为释放。", En: "The land entered storage: it is released."},
	},
	{
		Kind: Supplied, Name: fault.Words{Zh: "供地", En: "supplied"}, By: RoleOfficer, Subjects: []SubjectKind{OfPlot},
		Needs: needs(fact(Stored)), Evidence: document,
		Says: fault.Words{Zh: "土地已供应。", En: "The land was supplied."},
	},
	{
		Kind: BoundaryCorrected, Name: fault.Words{Zh: "边界更正", En: "boundary corrected"}, By: RoleOfficer, Subjects: []SubjectKind{OfPlot},
		Needs: needs(check(AcceptedOrStored)), Evidence: document,
		Says:   fault.Words{Zh: "准许更正已验收地块的边界；由另一人改图。", En: "The boundary of an accepted plot may be corrected; another person makes the edit."},
		Fields: []Field{{Name: "hash", Words: fault.Words{Zh: "新边界的 SHA-256", En: "SHA-256 of the new geometry"}, Type: HashField, Required: true}},
	},
	parcelRule(PlannedInCity, "", "纳入市计划", "planned in city", "列入全市土地整备计划。", "The project stands in the city plan."),
	parcelRule(SchemeDrafting, PlannedInCity, "方案编制", "scheme drafting", "开始编制实施方案。", "The scheme is being drafted."),
	parcelRule(NoticePublished, SchemeDrafting, "公示", "notice published", "方案已公示。", "The scheme was put on public notice."),
	parcelRule(Approved, NoticePublished, "方案批准", "approved", "方案已批准。", "The scheme was approved."),
	parcelRule(Implementing, Approved, "实施", "implementing", "开始实施。", "Implementation began."),
	parcelRule(Finished, Implementing, "完成", "finished", "片区整备完成。", "The consolidation of the parcel is finished."),
	{
		Kind: Reached, Name: fault.Words{Zh: "节点完成", En: "reached"}, By: RolePost, Subjects: []SubjectKind{OfMilestone},
		Says: fault.Words{Zh: "工期节点已完成。", En: "The milestone was reached."},
	},
	{
		Kind: Voided, Name: fault.Words{Zh: "作废", En: "voided"}, By: RolePost, Subjects: SubjectKinds,
		Needs: needs(check(ReasonGiven), check(AnotherPerson)), Refused: needs(check(NeededByLiveFact)),
		Says: fault.Words{Zh: "作废一条事实；原事实仍留存。作废不能再作废：请重新记录。所需角色与被作废的事实相同。", En: "Takes a fact back, which stays on record. A void is never voided: record the fact again. It takes the role of the fact that it voids."},
	},
}

func parcelRule(kind, before FactKind, zh, en, saysZh, saysEn string) Rule {
	r := Rule{
		Kind: kind, Name: fault.Words{Zh: zh, En: en}, By: RoleOfficer, Subjects: []SubjectKind{OfParcel}, Evidence: document,
		Says: fault.Words{Zh: saysZh, En: saysEn},
	}
	if before != "" {
		r.Needs = needs(fact(before))
	}
	return r
}

// RuleOf finds the row of a kind.
func RuleOf(kind FactKind) (Rule, bool) {
	i := kind.Rank()
	if i < 0 {
		return Rule{}, false
	}
	return Order[i], true
}

// Rank is the place of the kind in the order, -1 where there is none.
func (k FactKind) Rank() int {
	if i, ok := ranks[k]; ok {
		return i
	}
	return -1
}

var ranks = func() map[FactKind]int {
	m := make(map[FactKind]int, len(Order))
	for i, r := range Order {
		m[r.Kind] = i
	}
	return m
}()

// Speaks reports whether a fact of the kind may be about such a subject.
func (r Rule) Speaks(of SubjectKind) bool { return slices.Contains(r.Subjects, of) }
