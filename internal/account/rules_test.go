package account

import (
	"strings"
	"testing"

	"zhengbei/internal/fault"
)

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	tests := []struct{ password, code string }{
		{"纸鹤飞过观澜河畔三次了呀", ""},
		{"kettle umbrella violin", ""},
		{"t7#Kq9!vLmx2", ""},
		{"839274650182", ""}, // digits at random: 40 bits
		{"这是一句谁也想不到的长话", ""},
		{"short", "password.length"},
		{"十一个字的密码不够长啊", "password.length"},
		{strings.Repeat("长", 129), "password.length"},
		{"kettle\tumbrella violin", "password.control"},
		{"kettle \x00umbrella violin", "password.control"},
		{"my li.wei umbrella 3", "password.account"},
		{"my LI.WEI umbrella 3", "password.account"},
		{"my l1.we1 umbrella 3", "password.account"},
		{"password1234", "password.common"},
		{"P@ssw0rd!2026", "password.common"},
		{"Ｐａｓｓｗｏｒｄ１２３４", "password.common"}, // full width
		{"woaini1314520", "password.common"},
		{"woaini5201314", "password.common"},
		{"Longhua2026!!", "password.common"},
		{"zhengbei@2026", "password.common"},
		{"zhengbeizhengbei", "password.common"},
		{"龙华土地整备管理员密码二〇", "password.common"},
		{"我爱你我爱你我爱你我爱你", "password.common"},
		{"床前明月光疑是地上霜举头", "password.common"},
		{"aaaaaaaaaaaaaaaa", "password.common"},
		{"abababababababab", "password.common"},
		{"xk9xk9xk9xk9xk9", "password.common"},
		{"123456789012345", "password.common"},
		{"1qaz2wsx3edc4rfv", "password.common"},
		{"qwertyuiopasdfghjkl", "password.common"},
		{"0987654321qwerty", "password.common"},
		{"440309198603121234", "password.common"}, // an identity number: place, birth, and a count
		{"zhangwei19860312", "password.common"},
		{"wangfang13800138000", "password.common"},
		{"correct horse battery staple", "password.common"},
		{"iloveyou  iloveyou", "password.common"},
	}
	for _, test := range tests {
		err := CheckPassword("li.wei", test.password)
		if f, _ := fault.As(err); (err == nil) != (test.code == "") || err != nil && f.Code != test.code {
			t.Errorf("%q: %v, want %q (left %d)", test.password, err, test.code, left(strings.ToLower(test.password)))
		}
	}
	if err := CheckPassword("li", "lithium in my kettle"); err != nil {
		t.Errorf("a name of two letters is in every text: %v", err)
	}
	if len(common) < 400 {
		t.Errorf("only %d common words", len(common))
	}
}
