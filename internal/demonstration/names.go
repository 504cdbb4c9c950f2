package demonstration

import "fmt"

// The holders that the mockups name, by the plot on which they have not signed.
var known = map[string]string{"L-000298": "廖某文", "L-000273": "陈某强", "L-000260": "演示五金制品厂"}

// names gives out invented names, each once.
type names struct {
	people  []string
	firms   []string
	shops   int
	nPeople int
	nFirms  int
}

func newNames(c *chance) *names {
	n := &names{}
	taken := map[string]bool{}
	for _, name := range known {
		taken[name] = true
	}
	for _, surname := range "廖陈黄李张林曾邓刘彭钟罗温叶赖何谢蔡郑吴周徐朱杨" {
		for _, given := range "文强华明辉英兰芳军平伟红梅玲娟勇杰敏静丽波涛超鹏飞燕霞萍斌宁浩海山林生发财贵福祥光荣金水根添来有新国民安康乐天" {
			if name := string(surname) + "某" + string(given); !taken[name] { // 某: nobody in particular
				taken[name] = true
				n.people = append(n.people, name)
			}
		}
	}
	for i := range 60 { // the sixty of the old calendar: plainly a label
		label := string([]rune("甲乙丙丁戊己庚辛壬癸")[i%10]) + string([]rune("子丑寅卯辰巳午未申酉戌亥")[i%12])
		for _, trade := range []string{"五金制品厂", "塑胶制品厂", "电子厂", "模具厂", "印刷厂", "家具厂", "包装制品厂", "服装厂", "玩具厂", "钟表配件厂", "精密机械厂", "照明电器厂"} {
			n.firms = append(n.firms, "演示"+label+trade)
		}
	}
	shuffle(c, n.people)
	shuffle(c, n.firms)
	return n
}

func (n *names) person() string {
	n.nPeople++
	return n.people[n.nPeople-1]
}

// relative has the surname of somebody.
func (n *names) relative(of string) string {
	want := []rune(of)[0]
	for i := n.nPeople; i < len(n.people); i++ {
		if []rune(n.people[i])[0] == want {
			n.people[n.nPeople], n.people[i] = n.people[i], n.people[n.nPeople]
			break
		}
	}
	return n.person()
}

func (n *names) firm() string {
	n.nFirms++
	return n.firms[n.nFirms-1]
}

func (n *names) tenant(c *chance) string {
	n.shops++
	return fmt.Sprintf("演示租户 %03d（%s）", n.shops, one(c, "小吃店", "便利店", "仓库", "加工间", "宿舍", "物流点", "维修铺"))
}
