package progress

import (
	"fmt"
	"strings"

	"zhengbei/internal/fault"
)

// Why says in words what a holding's signature would unlock.
func (t Told) Why() fault.Words {
	plots := plotNumbers(t.Holder.Plots)
	switch {
	case t.Gain() > 0:
		return fault.Words{
			Zh: fmt.Sprintf("地块 %s 只差这 1 户：签约可清 %s 公顷，最大可清连片由 %s 增至 %s 公顷", plots, t.Clears.Report(), t.Before.Report(), t.After.Report()),
			En: fmt.Sprintf("Plot %s waits for this holding alone: its signature clears %s ha, and the largest clearable block grows from %s to %s ha", plots, t.Clears.Report(), t.Before.Report(), t.After.Report()),
		}
	case t.Clears > 0 && t.Joined > t.Clears:
		return fault.Words{
			Zh: fmt.Sprintf("地块 %s 只差这 1 户：签约可清 %s 公顷，并入 %s 公顷的可清连片", plots, t.Clears.Report(), t.Joined.Report()),
			En: fmt.Sprintf("Plot %s waits for this holding alone: its signature clears %s ha, part of a clearable block of %s ha", plots, t.Clears.Report(), t.Joined.Report()),
		}
	case t.Clears > 0:
		return fault.Words{
			Zh: fmt.Sprintf("地块 %s 只差这 1 户：签约可清 %s 公顷", plots, t.Clears.Report()),
			En: fmt.Sprintf("Plot %s waits for this holding alone: its signature clears %s ha", plots, t.Clears.Report()),
		}
	}
	return fault.Words{
		Zh: fmt.Sprintf("地块 %s 还差 %d 户（含此户），单独签约不能清地", plots, t.Missing),
		En: fmt.Sprintf("Plot %s waits for %d holdings, this one among them: alone it clears nothing", plots, t.Missing),
	}
}

// plotNumbers are the codes of plots; of many, the first ones.
func plotNumbers(codes []string) string {
	if len(codes) > 3 {
		return strings.Join(codes[:3], "、") + " …"
	}
	return strings.Join(codes, "、")
}

// NextStep is what the last visit left to do; else what the order of facts asks for next.
func (t Told) NextStep() fault.Words {
	if t.Holder.Objection {
		return fault.Words{Zh: "先答复异议", En: "answer the objection first"}
	}
	if t.Holder.NextStep != nil && *t.Holder.NextStep != "" {
		return fault.Words{Zh: *t.Holder.NextStep, En: *t.Holder.NextStep}
	}
	return steps[t.Holder.Stage]
}

// steps lead from each stage of an unbound holding to the next.
var steps = map[string]fault.Words{
	"registered":      {Zh: "入户摸查", En: "survey the household"},
	"surveyed":        {Zh: "征询意愿", En: "ask for the willingness letter"},
	"willing":         {Zh: "测绘", En: "measure"},
	"measured":        {Zh: "评估", En: "appraise"},
	"appraised":       {Zh: "谈判", En: "negotiate"},
	"negotiating":     {Zh: "送达协议，签约", En: "offer the contract and sign"},
	"tenants_cleared": {Zh: "重新签约", En: "sign again"},
	"vacated":         {Zh: "重新签约", En: "sign again"},
	"demolished":      {Zh: "补签协议", En: "sign the contract"},
}
