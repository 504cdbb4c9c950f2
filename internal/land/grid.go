package land

import "zhengbei/internal/fault"

// gridReasons are the words of GEOS for what is wrong with a shape, and ours.
var gridReasons = map[string]fault.Words{
	"Self-intersection":                    {Zh: "边线自相交", En: "its sides cross"},
	"Ring Self-intersection":               {Zh: "环线自相交或自相接", En: "a ring crosses or touches itself"},
	"Hole lies outside shell":              {Zh: "洞在外环以外", En: "a hole lies outside its outer ring"},
	"Holes are nested":                     {Zh: "洞中套洞", En: "a hole lies inside another"},
	"Nested holes":                         {Zh: "洞中套洞", En: "a hole lies inside another"},
	"Nested shells":                        {Zh: "一个部分套在另一个部分之内", En: "a part lies inside another"},
	"Interior is disconnected":             {Zh: "内部被洞隔断", En: "holes cut it in two"},
	"Duplicate Rings":                      {Zh: "有重复的环", En: "a ring stands twice"},
	"Too few points in geometry component": {Zh: "有的环不足四个点", En: "a ring has fewer than four points"},
	"Invalid Coordinate":                   {Zh: "有无效的坐标", En: "a coordinate is not valid"},
	"Ring is not closed":                   {Zh: "有的环没有闭合", En: "a ring is not closed"},
	"Repeated Point":                       {Zh: "有重复的点", En: "a point stands twice"},
	"Topology Validation Error":            {Zh: "边线关系有误", En: "its rings do not fit together"},
}

// GridReason says in both languages why a shape is not valid on the grid; reason is what GEOS says.
func GridReason(reason string) fault.Words {
	if words, ok := gridReasons[reason]; ok {
		return words
	}
	return fault.Words{Zh: "边线关系有误", En: reason}
}
